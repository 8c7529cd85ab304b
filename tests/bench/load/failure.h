#pragma once
// The end of a load case that cannot measure anything.
#include <stdexcept>
#include <string>

namespace midge::load {

// Thrown where the error is found, and caught only in main(), which prints it and exits with 1.
class Failure : public std::runtime_error {
  public:
    explicit Failure(const std::string& text) : std::runtime_error(text) {}
};

// Returns "`what`: <text of errno>".
[[nodiscard]] Failure system_failure(const std::string& what);

}  // namespace midge::load
