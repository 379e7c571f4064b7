# The binary is built first: make image does both. It is static and needs
# nothing of its base. Of a desk that is read over HTTPS it has to know whom to
# trust, which scratch does not say: mount /etc/ssl/certs/ca-certificates.crt,
# or name a base that has it.
ARG BASE=scratch

# Nothing can be run on scratch, and so no folder made but this way.
FROM scratch AS folders
WORKDIR /state/helpdesk_exporter

FROM ${BASE}

# A new volume takes its owner from the folder that it is mounted over. The user
# is a number, so that it holds on a base without /etc/passwd.
WORKDIR /var/lib
COPY --from=folders --chown=65534:65534 /state/ ./
WORKDIR /
VOLUME /var/lib/helpdesk_exporter

COPY LICENSE /licenses/helpdesk_exporter
COPY helpdesk_exporter /bin/helpdesk_exporter

USER 65534:65534
EXPOSE 10057
# Whoever starts it with another --web.listen-address gives it here as well.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["/bin/helpdesk_exporter", "healthcheck"]
ENTRYPOINT ["/bin/helpdesk_exporter"]
CMD ["--config.file=/etc/helpdesk_exporter/config.yml", "--storage.path=/var/lib/helpdesk_exporter"]

ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="helpdesk_exporter" \
	org.opencontainers.image.description="Serves support KPIs of help desks as Prometheus metrics." \
	org.opencontainers.image.licenses="Apache-2.0" \
	org.opencontainers.image.version="${VERSION}" \
	org.opencontainers.image.revision="${REVISION}"
