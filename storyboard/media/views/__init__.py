"""Pages and doors of the library, one module for each; urls.py names them."""
