"""Parts of the page on the network’s activity."""
