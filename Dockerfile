# Panshi as a container: built in one stage, run in another that holds neither compilers nor the front-end sources.
# docker compose up brings it together with PostgreSQL and Redis; docs/operations tells the rest.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /src
RUN python -m venv /opt/panshi
COPY requirements/run.txt requirements/run.txt
RUN /opt/panshi/bin/pip install --require-hashes -r requirements/run.txt
COPY . .
RUN /opt/panshi/bin/python frontend/build.py \
 && PYTHONPATH=. /opt/panshi/bin/python -m panshi.cli.main messages compile \
 && /opt/panshi/bin/pip install --no-deps .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin panshi \
 && install -d -o panshi -g panshi -m 700 /data /backups
COPY --from=build /opt/panshi /opt/panshi
ENV PATH=/opt/panshi/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PANSHI_DATA=/data PANSHI_BACKUP_DIR=/backups PANSHI_BIND=0.0.0.0:8000 PANSHI_LOG_FORMAT=json
USER panshi
WORKDIR /data
VOLUME ["/data", "/backups"]
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=4 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["panshi", "run"]
