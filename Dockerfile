FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
ARG REVISION=unknown
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w \
      -X github.com/prometheus/common/version.Version=${VERSION} \
      -X github.com/prometheus/common/version.Revision=${REVISION}" \
    -o /cx-exporter ./cmd/cx-exporter && mkdir /state

# No shell, no libc, no package manager: the binary is static and brings zone
# data along. Certificates are needed for TLS to databases.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /cx-exporter /bin/cx-exporter
# All that is ever written: the state of goals, the database of a kept demo.
# A volume takes its owner from here. backfill and demo want a /tmp besides.
COPY --from=build --chown=65534:65534 /state /var/lib/cx-exporter
VOLUME /var/lib/cx-exporter
USER 65534:65534
EXPOSE 9926
ENTRYPOINT ["/bin/cx-exporter"]
CMD ["serve", "--config.file=/etc/cx-exporter/cx.yml"]
