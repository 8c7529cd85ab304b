#include "service_control.h"

namespace midge {

std::string service_usage(const std::string& /*program*/) {
    return {};
}

Result<ServiceAnswer> control_service(const ServiceOrder& /*request*/) {
    return fail(Errc::unsupported,
                "--service is for Windows; here the system's service manager does it: systemctl");
}

}  // namespace midge
