"""The maps: plain data from a result, drawn by the page's own script, each page one file without network."""
