# The service in a small image. torch is only in the stage that prepares the model.
#
#   docker build -t kb .
#   docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     -p 127.0.0.1:8000:8000 -v kb-data:/kb kb
#
# /kb is the knowledge base: put a kb.toml and your documents there, then run `kb ingest` in the container. It
# serves at every address of the container, so it starts only with a key (`kb keys create` in the container) or
# with `public_search = true` under [service] in kb.toml.

FROM python:3.11-slim-bookworm AS base
ENV PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /opt/kb

# Prepares the default model: sentence-transformers, torch and all that they need stay in this stage.
FROM base AS model
COPY requirements requirements
COPY tools tools
RUN python -m venv /opt/prepare \
 && /opt/prepare/bin/python tools/torch_cpu.py \
 && /opt/prepare/bin/pip install --no-deps --require-hashes -r requirements/prepare.txt
COPY kb kb
COPY index index
COPY service service
COPY tools tools
RUN PYTHONPATH=. /opt/prepare/bin/python tools/prepare_model.py /opt/models

# What serves, and nothing else.
FROM base AS serve
COPY requirements/serve.txt requirements/serve.txt
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-deps --require-hashes -r requirements/serve.txt
COPY pyproject.toml README.md LICENSE ./
COPY kb kb
COPY index index
COPY service service
RUN echo /opt/kb > "$(/opt/venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/kb.pth" \
 && printf '#!/opt/venv/bin/python\nfrom service.cli import main\nmain()\n' > /opt/venv/bin/kb \
 && chmod 755 /opt/venv/bin/kb
COPY --from=model /opt/models /opt/models
RUN useradd --uid 65532 --no-create-home --shell /usr/sbin/nologin kb && mkdir /kb && chown kb /kb
ENV PATH=/opt/venv/bin:$PATH KB_MODELS=/opt/models KB_HOME=/kb
USER 65532
WORKDIR /kb
VOLUME /kb
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s CMD \
  ["/opt/venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
CMD ["kb", "serve", "--host", "0.0.0.0", "--port", "8000"]
