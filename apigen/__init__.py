"""Generate a complete Kubernetes API server, in plain Go, from a YAML spec of its resources."""

__version__ = "0.1.0"
