# Two images that differ in where their binary is from. The last one, of make
# image, packs the binary that make build has left here. The one called `source`,
# of compose.yml, builds it, for machines without Go.
#
# The binary is static and needs nothing of its base. Of a desk that is read over
# HTTPS it has to know whom to trust, which scratch does not say: mount
# /etc/ssl/certs/ca-certificates.crt, or name a base that has it.
ARG BASE=scratch

FROM golang:1.26.8-alpine AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
	CGO_ENABLED=0 go build -trimpath -o /helpdesk_exporter \
	-ldflags "-s -w -X github.com/prometheus/common/version.Version=$(cat VERSION)" .

# Nothing can be run on scratch, and so no folder made but this way.
FROM scratch AS folders
WORKDIR /state/helpdesk_exporter

# All but the binary.
FROM ${BASE} AS common

# A new volume takes its owner from the folder that it is mounted over. The user
# is a number, so that it holds on a base without /etc/passwd.
WORKDIR /var/lib
COPY --from=folders --chown=65534:65534 /state/ ./
WORKDIR /
VOLUME /var/lib/helpdesk_exporter

COPY LICENSE /licenses/helpdesk_exporter

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

FROM common AS source
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /helpdesk_exporter /bin/helpdesk_exporter

FROM common
COPY helpdesk_exporter /bin/helpdesk_exporter
