#pragma once
// Random bytes from the operating system, and the identifiers made of them.
#include <cstdint>
#include <string>

namespace midge {

// `count` bytes fit for keys. Safe from any thread.
[[nodiscard]] std::string random_bytes(size_t count);

// 22 characters of [0-9A-Za-z], unique in practice: a random prefix and a running number per thread
// (NATS "nuid").
[[nodiscard]] std::string nuid();

}  // namespace midge
