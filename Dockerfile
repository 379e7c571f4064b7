# The binary is built first (make build): it is static and needs nothing of its
# base. A desk that is read over HTTPS needs certificates, which scratch has
# not: mount /etc/ssl/certs/ca-certificates.crt, or name a base that has them.
ARG BASE=scratch
FROM ${BASE}

COPY helpdesk_exporter /bin/helpdesk_exporter
COPY LICENSE /licenses/helpdesk_exporter

# Nobody: numeric, so that it holds on a base without /etc/passwd. The state
# lies in /var/lib/helpdesk_exporter; mount a volume there that this user may
# write to.
USER 65534:65534

EXPOSE 10057
ENTRYPOINT ["/bin/helpdesk_exporter"]
CMD ["--config.file=/etc/helpdesk_exporter/config.yml", "--storage.path=/var/lib/helpdesk_exporter"]
