#pragma once
namespace midge {

// The nats-server release whose behaviour Midge matches. Sent as `version` in INFO and `ver` in
// events, because clients enable features depending on it.
inline constexpr const char* nats_version = "2.15.1";
// Midge's own version.
inline constexpr const char* midge_version = "0.1.0";

}  // namespace midge
