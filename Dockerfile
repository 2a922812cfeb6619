# One static file and what it reads from a system: time zones and certificates.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=1 go build -trimpath -tags "osusergo netgo sqlite_omit_load_extension" \
    -ldflags '-s -w -linkmode external -extldflags "-static"' -o /recourse .
# Copied below as the folder of an ordinary user.
RUN mkdir /data && chmod 700 /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /usr/local/go/lib/time/zoneinfo.zip
COPY --from=build --chown=65532:65532 /data /data
COPY --from=build /recourse /recourse
ENV ZONEINFO=/usr/local/go/lib/time/zoneinfo.zip DATA_DIR=/data TMPDIR=/data
USER 65532:65532
VOLUME /data
HEALTHCHECK NONE
ENTRYPOINT ["/recourse"]
