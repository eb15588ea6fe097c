#define _GNU_SOURCE
#include "ctest_tls.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct tt_identity {
  EVP_PKEY *key;
  X509 *certificate;
  SSL_CTX *context;
};

struct tt_connection {
  SSL *ssl;
  BIO *incoming;
  BIO *outgoing;
  int descriptor;
};

static int add_extension(X509 *certificate, X509 *issuer, int kind, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
  if (!extension) return 0;
  int is_added = X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  return is_added;
}

static int fill_certificate(tt_identity *identity, const char *common_name, const char *names,
                            const tt_identity *issuer, int64_t from, int64_t until) {
  X509 *certificate = identity->certificate;
  X509 *signer = issuer ? issuer->certificate : certificate;
  uint64_t serial;
  if (RAND_bytes((unsigned char *)&serial, sizeof serial) != 1) return 0;
  time_t now = time(NULL);
  X509_NAME *name = X509_get_subject_name(certificate);
  return X509_set_version(certificate, 2)
      && ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1)
      && X509_time_adj_ex(X509_getm_notBefore(certificate), 0, (long)from, &now)
      && X509_time_adj_ex(X509_getm_notAfter(certificate), 0, (long)until, &now)
      && X509_set_pubkey(certificate, identity->key)
      && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0)
      && X509_set_issuer_name(certificate, X509_get_subject_name(signer))
      && add_extension(certificate, signer, NID_subject_key_identifier, "hash")
      && add_extension(certificate, signer, NID_basic_constraints, names ? "critical,CA:FALSE" : "critical,CA:TRUE")
      && (names ? add_extension(certificate, signer, NID_subject_alt_name, names)
                : add_extension(certificate, signer, NID_key_usage, "critical,keyCertSign,cRLSign"))
      && X509_sign(certificate, issuer ? issuer->key : identity->key, EVP_sha256());
}

tt_identity *tt_identity_new(const char *common_name, const char *names, const tt_identity *issuer,
                             int64_t valid_from_seconds, int64_t valid_until_seconds) {
  tt_identity *identity = calloc(1, sizeof *identity);
  if (!identity) return NULL;
  identity->key = EVP_EC_gen("P-256");
  identity->certificate = X509_new();
  identity->context = SSL_CTX_new(TLS_server_method());
  if (identity->key && identity->certificate && identity->context
      && fill_certificate(identity, common_name, names, issuer, valid_from_seconds, valid_until_seconds)
      && SSL_CTX_use_certificate(identity->context, identity->certificate) == 1
      && SSL_CTX_use_PrivateKey(identity->context, identity->key) == 1)
    return identity;
  tt_identity_free(identity);
  return NULL;
}

size_t tt_identity_pem(const tt_identity *identity, char *buffer, size_t size) {
  BIO *memory = BIO_new(BIO_s_mem());
  size_t length = 0;
  if (memory && PEM_write_bio_X509(memory, identity->certificate) == 1) {
    char *text;
    long count = BIO_get_mem_data(memory, &text);
    if (count > 0 && (size_t)count <= size) {
      memcpy(buffer, text, (size_t)count);
      length = (size_t)count;
    }
  }
  BIO_free(memory);
  return length;
}

void tt_identity_free(tt_identity *identity) {
  if (!identity) return;
  SSL_CTX_free(identity->context);
  X509_free(identity->certificate);
  EVP_PKEY_free(identity->key);
  free(identity);
}

// OpenSSL's own socket writes would raise SIGPIPE when the client is gone, so bytes pass through memory.
static int flush(tt_connection *connection) {
  char bytes[1 << 14];
  int count;
  while ((count = BIO_read(connection->outgoing, bytes, sizeof bytes)) > 0)
    for (int at = 0; at < count;) {
      ssize_t sent = send(connection->descriptor, bytes + at, (size_t)(count - at), MSG_NOSIGNAL);
      if (sent <= 0) return 0;
      at += (int)sent;
    }
  return 1;
}

static int fill(tt_connection *connection) {
  char bytes[1 << 14];
  ssize_t count = recv(connection->descriptor, bytes, sizeof bytes, 0);
  return count > 0 && BIO_write(connection->incoming, bytes, (int)count) == (int)count;
}

/// Whether the call that returned `result` should be tried again, after what it waited for has come.
static int should_retry(tt_connection *connection, int result) {
  int error = SSL_get_error(connection->ssl, result);
  ERR_clear_error();
  return flush(connection) && error == SSL_ERROR_WANT_READ && fill(connection);
}

tt_connection *tt_accept(const tt_identity *identity, int descriptor) {
  tt_connection *connection = calloc(1, sizeof *connection);
  if (!connection) return NULL;
  connection->descriptor = descriptor;
  connection->ssl = SSL_new(identity->context);
  connection->incoming = BIO_new(BIO_s_mem());
  connection->outgoing = BIO_new(BIO_s_mem());
  if (!connection->ssl || !connection->incoming || !connection->outgoing) {
    SSL_free(connection->ssl);
    BIO_free(connection->incoming);
    BIO_free(connection->outgoing);
    free(connection);
    return NULL;
  }
  SSL_set_bio(connection->ssl, connection->incoming, connection->outgoing);
  int result;
  while ((result = SSL_accept(connection->ssl)) != 1)
    if (!should_retry(connection, result)) {
      tt_connection_free(connection);
      return NULL;
    }
  if (flush(connection)) return connection;
  tt_connection_free(connection);
  return NULL;
}

size_t tt_receive(tt_connection *connection, void *bytes, size_t size) {
  while (1) {
    size_t count = 0;
    int result = SSL_read_ex(connection->ssl, bytes, size, &count);
    if (result == 1) return count;
    if (!should_retry(connection, result)) return 0;
  }
}

int tt_send(tt_connection *connection, const void *bytes, size_t size) {
  while (size > 0) {
    size_t piece = size < 1 << 14 ? size : 1 << 14, count = 0;
    int result = SSL_write_ex(connection->ssl, bytes, piece, &count);
    if (result == 1) {
      if (!flush(connection)) return 0;
      bytes = (const char *)bytes + count;
      size -= count;
    } else if (!should_retry(connection, result)) {
      return 0;
    }
  }
  return 1;
}

void tt_notify_close(tt_connection *connection) {
  SSL_shutdown(connection->ssl);
  ERR_clear_error();
  flush(connection);
}

void tt_connection_free(tt_connection *connection) {
  if (!connection) return;
  SSL_free(connection->ssl);
  free(connection);
}
