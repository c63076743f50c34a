"""The parts of the page Comparer: what is compared (scope), then one module a view, listed in views."""
