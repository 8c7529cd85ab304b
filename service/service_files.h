#pragma once
// The files with which others find the service: its process id and its ports
// (docs/protocol/service.md, Process id and ports files).
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace midge {

// Writes the decimal process id and nothing else.
[[nodiscard]] Result<> write_pid_file(const std::string& path);

// Returns "nats://127.0.0.1:4222", or a URL with another scheme, for each address of a listener on
// `host`: all addresses of this machine if `host` means any address.
[[nodiscard]] std::vector<std::string> listener_urls(std::string_view scheme,
                                                     const std::string& host, uint16_t port);

// By kind: "nats", "websocket".
using ListenerUrls = std::vector<std::pair<std::string, std::vector<std::string>>>;

// `<folder>/<program>_<pid>.ports` with {"nats": [urls], ...}. Written in one step, and removed
// when the object is destroyed.
class PortsFile {
  public:
    PortsFile() = default;  // no file
    [[nodiscard]] static Result<PortsFile> write(const std::string& folder,
                                                 const std::string& program,
                                                 const ListenerUrls& listeners);
    ~PortsFile();
    PortsFile(PortsFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    PortsFile& operator=(PortsFile&& other) noexcept {
        std::swap(path_, other.path_);
        return *this;
    }

  private:
    explicit PortsFile(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

}  // namespace midge
