"""CustomResourceDefinitions -> resource files: read -> check -> fields -> upstream types -> named types -> conversions.

Each step is a module with one function as its interface. What the language cannot say becomes a NotCarried with
its path in the file and the reason; nothing is left out without one.
"""
