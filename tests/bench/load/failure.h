#pragma once
// How a load case ends that cannot give a number.
#include <stdexcept>
#include <string>

namespace midge::load {

// Thrown where it is noticed and caught in main() alone, which prints it and exits with 1: a load
// that failed has nothing to go on with.
class Failure : public std::runtime_error {
  public:
    explicit Failure(const std::string& text) : std::runtime_error(text) {}
};

// "`what`: <text of errno>".
[[nodiscard]] Failure system_failure(const std::string& what);

}  // namespace midge::load
