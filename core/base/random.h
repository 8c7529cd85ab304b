#pragma once
// Random bytes from the operating system, and identifiers made from them.
#include <cstdint>
#include <string>

namespace midge {

// Returns `count` bytes that are good enough for keys. Usable from any thread.
[[nodiscard]] std::string random_bytes(size_t count);

// Returns 22 characters of [0-9A-Za-z] that are unique in practice: a random prefix and a counter
// for each thread (NATS "nuid").
[[nodiscard]] std::string nuid();

}  // namespace midge
