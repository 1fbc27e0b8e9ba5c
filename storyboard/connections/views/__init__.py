"""Pages of connections: load with access, form, action, render. Only storyboard/connections/urls.py names them."""
