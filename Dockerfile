# syntax=docker/dockerfile:1
# Limner in a container: everything from requirements-runtime.lock, by hash; run by nobody in particular; what it keeps is in /data.

FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_CACHE_DIR=/var/cache/pip
WORKDIR /src
# The image's pip installs into the environment from outside, so that the finished container has none.
RUN python -m venv --without-pip /opt/limner
COPY requirements-runtime.lock ./
RUN --mount=type=cache,target=/var/cache/pip \
    pip --python /opt/limner/bin/python install --no-deps --require-hashes --only-binary :all: --requirement requirements-runtime.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY adapters ./adapters
COPY commands ./commands
COPY storage ./storage
# The build backend is in the lock, too: this step needs no network.
RUN pip --python /opt/limner/bin/python install --no-index --no-deps --no-build-isolation . \
    && /opt/limner/bin/python -m compileall -q /opt/limner/lib

FROM python:3.13-slim-trixie
LABEL org.opencontainers.image.title="Limner" \
      org.opencontainers.image.description="The team's illustrator in Slack and Discord" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 limner \
    && useradd --system --uid 10001 --gid limner --home-dir /data --shell /usr/sbin/nologin limner \
    && install --directory --owner=limner --group=limner --mode=0750 /data
COPY --from=build /opt/limner /opt/limner
# Host and log form suit a container. The database and the files keep their defaults, `data/...`, which from / is the volume: a variable
# set here would win over one given as a file.
ENV PATH=/opt/limner/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BOT_HTTP_HOST=0.0.0.0 \
    BOT_HTTP_PORT=8080 \
    BOT_LOG_FORMAT=json
WORKDIR /
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --start-interval=2s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['BOT_HTTP_PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["limner"]
CMD ["run"]
