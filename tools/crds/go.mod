// Where the tests find the definitions of kinds that manifests name and a bare cluster has not.
module apigen.local/crds

go 1.26.0

require (
	github.com/cert-manager/cert-manager v1.18.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
