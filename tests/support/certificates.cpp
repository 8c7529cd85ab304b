#include "support/certificates.h"

namespace midge::test {

std::string certificate_path(std::string_view name) {
    return std::string(MIDGE_TEST_CERTIFICATES "/") + std::string(name);
}

}  // namespace midge::test
