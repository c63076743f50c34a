"""What stands between the network and the pages: connections, headers, messages. Knows nothing of Streamlit."""
