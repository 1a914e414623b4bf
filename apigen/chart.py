"""What a Helm chart says more than the manifests for kustomize: where the values of an installation decide.

Each text follows the line of a manifest at which it stands, with the spaces that YAML wants there.
"""

STRATEGY = """
  {{- if eq .Values.etcd.mode "embedded" }}
  strategy: # no two processes may have the volume
    type: Recreate
  {{- else }}"""
END_STRATEGY = """
  {{- end }}"""
SCHEDULING = """
      {{- with .Values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}"""
_ARGUMENTS = """
            {{- if eq .Values.etcd.mode "embedded" }}
            - --embedded-etcd
            - --data-dir=/data
            {{- else }}
            - --etcd-servers={{ if eq .Values.etcd.mode "members" }}@{{ else }}$(ETCD_ENDPOINTS){{ end }}
            - --etcd-cafile=/etc/apiserver/etcd/ca.crt
            - --etcd-certfile=/etc/apiserver/etcd/tls.crt
            - --etcd-keyfile=/etc/apiserver/etcd/tls.key
            {{- end }}
            {{- range .Values.args }}
            - {{ . | quote }}
            {{- end }}
          {{- if eq .Values.etcd.mode "external" }}
          env:
            - name: ETCD_ENDPOINTS
              valueFrom:
                secretKeyRef:
                  name: {{ .Values.etcd.secret }}
                  key: endpoints
          {{- end }}"""
MOUNTS = """
            {{- if eq .Values.etcd.mode "embedded" }}
            - name: data
              mountPath: /data
            {{- else }}
            - name: etcd
              mountPath: /etc/apiserver/etcd
              readOnly: true
            {{- end }}"""
VOLUMES = """
        {{- if eq .Values.etcd.mode "embedded" }}
        - name: data
          persistentVolumeClaim:
            claimName: {{ .Chart.Name }}-data
        {{- else }}
        - name: etcd
          secret:
            secretName: {{ if eq .Values.etcd.mode "external" }}{{ .Values.etcd.secret }}{{ else }}{{ .Chart.Name }}-etcd{{ end }}
        {{- end }}"""  # noqa: E501
AUTHORITY = """
  {{- if eq .Values.certificates "cert-manager" }}
  annotations:
    cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ .Chart.Name }}-serving
  {{- end }}"""
_ETCD_CERTIFICATE = """
            {{- if eq .Values.etcd.mode "members" }}
            - --etcd-secret={{ .Chart.Name }}-etcd@
            {{- end }}"""
ETCD_NAMED = """
      {{- if eq .Values.etcd.mode "members" }}
      - {{ .Chart.Name }}-etcd
      {{- end }}"""
NAMESPACE = "{{ .Release.Namespace }}"
REPLICAS = '{{ if eq .Values.etcd.mode "embedded" }}1{{ else }}{{ .Values.replicas }}{{ end }}'
IMAGE = '"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"'

EMBEDDED = 'eq .Values.etcd.mode "embedded"'
EXTERNAL = 'eq .Values.etcd.mode "external"'
MEMBERS = 'eq .Values.etcd.mode "members"'
CERTS = 'eq .Values.certificates "certs"'
CERT_MANAGER = 'eq .Values.certificates "cert-manager"'
BACKUP = f"and ({MEMBERS}) .Values.backup"
ETCD_CERT_MANAGER = f"and ({MEMBERS}) ({CERT_MANAGER})"
MONITORING = ".Values.monitoring"


def arguments(endpoints: str) -> str:
    """Return the flags for etcd. For the @ stand the endpoints of one that is installed with the server."""
    return _ARGUMENTS.replace("@", endpoints)


def etcd_certificate(hosts: list[str]) -> str:
    """Return the flags for the certificate of an etcd that is installed with the server: the names of its members."""
    return _ETCD_CERTIFICATE.replace("@", "".join(f"\n            - --etcd-host={host}" for host in hosts))


def only_if(condition: str, manifest: str) -> str:
    """Return a manifest that is there only where a condition of Helm's holds."""
    return f"{{{{- if {condition} }}}}\n{manifest}{{{{- end }}}}\n"
