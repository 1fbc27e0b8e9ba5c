# One image for every process: web (the default command), worker, and migrate. See docker-compose.yml.
FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt
COPY manage.py ./
COPY storyboard/ storyboard/
COPY templates/ templates/
COPY static/ static/
# No database is asked; its address only selects the settings of production, which serve static files from a manifest.
RUN DATA_DIR=/tmp/build STATIC_ROOT=/app/collected DATABASE_URL=postgres://build@build/build \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
 && /venv/bin/python -m compileall -q storyboard

FROM python:3.13-slim
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin lastframe \
 && install -d -o lastframe -g lastframe /data
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY LICENSE README.md /app/
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=storyboard.settings DATA_DIR=/data STATIC_ROOT=/app/collected
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://localhost:8000/healthz', timeout=4)"]
CMD ["uvicorn", "storyboard.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-proxy-headers", "--no-server-header", "--no-access-log", "--timeout-graceful-shutdown", "3", "--log-level", "warning"]
