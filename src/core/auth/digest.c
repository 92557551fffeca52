#include "core/auth/digest.h"

#include <sodium.h>

void digest_sha256(struct str s, char hex[static SHA256_HEX_MAX])
{
    unsigned char raw[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(raw, (const unsigned char *)s.p, s.n);
    sodium_bin2hex(hex, SHA256_HEX_MAX, raw, sizeof raw);
}

void digest_parts(const struct str *parts, size_t n, char hex[static 33])
{
    crypto_generichash_state state;
    unsigned char raw[16];

    crypto_generichash_init(&state, NULL, 0, sizeof raw);
    for (size_t i = 0; i < n; i++) {
        uint64_t len = parts[i].n;
        crypto_generichash_update(&state, (const unsigned char *)&len, sizeof len);
        if (len > 0)
            crypto_generichash_update(&state, (const unsigned char *)parts[i].p, parts[i].n);
    }
    crypto_generichash_final(&state, raw, sizeof raw);
    sodium_bin2hex(hex, 33, raw, sizeof raw);
}
