# Help goes to standard output and is a success.
assay version --help
