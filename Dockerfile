# One image for web, worker, beat and migrate: docker-compose.yml names the command of each.
FROM python:3.12-slim-trixie AS built

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/
RUN /opt/venv/bin/pip install --no-deps --require-hashes --only-binary=:all: -r /tmp/requirements.txt

WORKDIR /srv/maillage
COPY . .
# Collecting static files reaches no service, but the settings ask where these would be; that the folder is there
# before tells them to hash the names.
RUN export PATH="/opt/venv/bin:$PATH" \
 && mkdir staticfiles \
 && if ls locale/*/LC_MESSAGES/django.po >/dev/null 2>&1; then pybabel compile -d locale -D django; fi \
 && SECRET_KEY=only-while-building DATABASE_URL=postgresql://nobody@localhost/none REDIS_URL=redis://localhost \
    STATIC_ROOT=/srv/maillage/staticfiles python manage.py collectstatic --no-input \
 && python -m compileall -q .


FROM python:3.12-slim-trixie

# pg_dump and pg_restore for backups: not older than the server of docker-compose.yml, whose version Debian 13 has.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client-17 \
 && rm -rf /var/lib/apt/lists/*
ENV PATH="/opt/venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=marketplace.settings \
    STATIC_ROOT=/srv/maillage/staticfiles MEDIA_ROOT=/srv/media PRIVATE_ROOT=/srv/private
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin maillage \
 && install -d -o maillage -g maillage -m 0750 /srv/media \
 && install -d -o maillage -g maillage -m 0700 /srv/private /srv/backups
COPY --from=built /opt/venv /opt/venv
COPY --from=built /srv/maillage /srv/maillage
WORKDIR /srv/maillage
USER maillage
VOLUME ["/srv/media", "/srv/private", "/srv/backups"]
EXPOSE 8000

# Heartbeats go to memory: a slow disk must not make a worker look dead. The worker class takes a request from the
# network whole before one of the threads does (docs/adr/0021).
CMD ["gunicorn", "marketplace.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", \
     "--worker-class", "marketplace.web.http_worker.GatheringWorker", "--threads", "4", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--max-requests", "5000", "--max-requests-jitter", "500"]
