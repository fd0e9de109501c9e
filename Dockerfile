# One image for web, worker and beat. Built in two steps, so that no build tool is in it.
FROM node:24-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-progress

FROM python:3.11-slim AS build
ENV PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/pip install --require-hashes -r requirements.lock
COPY . .
COPY --from=assets /build/node_modules node_modules
RUN /venv/bin/python scripts/assets.py && rm -rf node_modules \
    && /venv/bin/python scripts/messages.py compile \
    && DJANGO_SETTINGS_MODULE=zcy.settings.dev ZCY_COLLECTED=1 STATIC_ROOT=/app/static_root \
        /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /venv/bin/python -m compileall -q zcy accounts catalog orders supervision credit exchange

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=zcy.settings.prod \
    STATIC_ROOT=/app/static_root MEDIA_ROOT=/media \
    PROMETHEUS_MULTIPROC_DIR=/tmp/prometheus
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin zcy \
    && mkdir /media && chown 10001:10001 /media
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "deploy/healthcheck.py"]
ENTRYPOINT ["/app/deploy/entrypoint"]
CMD ["web"]
