"""The Grafana dashboard of a server: what Kubernetes' own API servers measure under the same names."""

from typing import Any

_WIDTH, _HEIGHT = 12, 8
_Panel = tuple[str, str, str, str]


def dashboard(name: str, namespace: str) -> dict[str, Any]:
    """Return the dashboard for the server of that name, as Grafana loads it."""
    panels = [_panel(i, panel, namespace, name) for i, panel in enumerate(_PANELS)]
    return {
        "uid": name[:40],
        "title": f"{name} API server",
        "tags": ["kubernetes", "apiserver"],
        "timezone": "browser",
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {
            "list": [
                {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}
            ]
        },
        "panels": panels,
    }


def _panel(number: int, panel: _Panel, namespace: str, name: str) -> dict[str, Any]:
    title, unit, legend, query = panel
    source = {"type": "prometheus", "uid": "${datasource}"}
    expression = query.replace("@", f'namespace="{namespace}",service="{name}"')
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": title,
        "datasource": source,
        "gridPos": {
            "x": number % 2 * _WIDTH,
            "y": number // 2 * _HEIGHT,
            "w": _WIDTH,
            "h": _HEIGHT,
        },
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [{"refId": "A", "datasource": source, "expr": expression, "legendFormat": legend}],
    }


# Title, unit, legend, query; @ stands for the labels that tell this server from others.
_PANELS: tuple[_Panel, ...] = (
    ("Requests", "reqps", "{{verb}} {{resource}}", "sum by (verb, resource) (rate(apiserver_request_total{@}[5m]))"),
    ("Errors", "reqps", "{{code}} {{resource}}",
     'sum by (code, resource) (rate(apiserver_request_total{@,code=~"5..|429"}[5m]))'),
    ("Latency, 99th percentile", "s", "{{verb}}",
     "histogram_quantile(0.99, sum by (verb, le) "
     '(rate(apiserver_request_duration_seconds_bucket{@,verb!~"WATCH|CONNECT"}[5m])))'),
    ("In flight", "short", "{{request_kind}} {{pod}}",
     "sum by (request_kind, pod) (apiserver_current_inflight_requests{@})"),
    ("Watches", "short", "{{resource}}", 'sum by (resource) (apiserver_longrunning_requests{@,verb="WATCH"})'),
    ("Objects", "short", "{{group}} {{resource}}",
     "max by (group, resource) (apiserver_resource_objects{@})"),
    ("etcd latency, 99th percentile", "s", "{{operation}}",
     "histogram_quantile(0.99, sum by (operation, le) (rate(etcd_request_duration_seconds_bucket{@}[5m])))"),
    ("Size of etcd", "bytes", "{{storage_cluster_id}}",
     "max by (storage_cluster_id) (apiserver_storage_size_bytes{@})"),
    ("Requests that wait for their turn", "short", "{{priority_level}}",
     "sum by (priority_level) (apiserver_flowcontrol_current_inqueue_requests{@})"),
    ("Admission latency, 99th percentile", "s", "{{name}}",
     "histogram_quantile(0.99, sum by (name, le) "
     "(rate(apiserver_admission_controller_admission_duration_seconds_bucket{@}[5m])))"),
    ("Memory", "bytes", "{{pod}}", "process_resident_memory_bytes{@}"),
    ("Processor", "short", "{{pod}}", "rate(process_cpu_seconds_total{@}[5m])"),
)  # fmt: skip
