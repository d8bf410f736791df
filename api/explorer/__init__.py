"""What a browser finds at the URL of the API: an explorer, or in words how to do without it."""
