"""Parts of the page Administration."""
