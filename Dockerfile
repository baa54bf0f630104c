# HuleEdu in one image: `gunicorn` by default, `python manage.py worker` beside it (compose.yaml).
FROM python:3.11-slim-bookworm AS build

RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"

# Wheels only: nothing is compiled, so no compiler is needed here either.
COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --only-binary=:all: -r requirements.txt

WORKDIR /srv/huleedu
COPY . .
# The key is thrown away with this step: static files do not depend on it.
RUN SECRET_KEY=only-for-this-step python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q .


FROM python:3.11-slim-bookworm

# Reads scans and photographs.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends tesseract-ocr tesseract-ocr-eng tesseract-ocr-swe \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /srv/huleedu --shell /usr/sbin/nologin huleedu
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/huleedu /srv/huleedu
WORKDIR /srv/huleedu
# The code stays root's; only what people hand in is written, and that into a volume.
RUN install --directory --owner=huleedu --group=huleedu --mode=0750 var/content

ENV PATH="/opt/venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER huleedu
EXPOSE 8000
VOLUME /srv/huleedu/var/content

# /healthz answers whatever name it is asked by, and without TLS.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]

CMD ["gunicorn", "--config", "python:huleedu.gunicorn_conf", "--bind", "0.0.0.0:8000"]
