// The server's side of TLS for tests, with certificates made on the spot: nothing on disk, nothing that expires.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A key with its certificate.
typedef struct tt_identity tt_identity;

/// Makes a P-256 key and a certificate for it. `names` are alternative names as OpenSSL writes them
/// (`IP:127.0.0.1,DNS:localhost`), NULL for a certificate authority; `issuer` NULL signs it with its own key. Validity is in
/// seconds from now. Returns NULL if OpenSSL fails; free with `tt_identity_free`.
tt_identity *tt_identity_new(const char *common_name, const char *names, const tt_identity *issuer,
                             int64_t valid_from_seconds, int64_t valid_until_seconds);

/// Writes the certificate as PEM, without a final NUL. Returns its length, or 0 if it does not fit.
size_t tt_identity_pem(const tt_identity *identity, char *buffer, size_t size);

void tt_identity_free(tt_identity *identity);

/// One connection; used by one thread at a time.
typedef struct tt_connection tt_connection;

/// Shakes hands on a socket that stays the caller's. Returns NULL if the client does not want to.
tt_connection *tt_accept(const tt_identity *identity, int descriptor);

/// Waits for bytes. Returns how many came, 0 at the end or after an error.
size_t tt_receive(tt_connection *connection, void *bytes, size_t size);

/// Sends all bytes in one record (or several beyond 16 KiB). Returns 0 if the client is gone.
int tt_send(tt_connection *connection, const void *bytes, size_t size);

/// Tells the client that no more will come, as a TLS server should and a cut connection does not.
void tt_notify_close(tt_connection *connection);

void tt_connection_free(tt_connection *connection);

#ifdef __cplusplus
}
#endif
