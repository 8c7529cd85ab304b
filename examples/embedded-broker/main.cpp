// A NATS server within a program: prints its address, and ends with Enter.
#include <broker/broker.h>

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
    midge::NullLogger log;
    midge::Options options;
    if (argc > 1) options.port = std::atoi(argv[1]);  // -1: any port that is free
    midge::Broker broker(options, log);
    const auto started = broker.start({});
    if (!started) return std::cerr << started.error().text << "\n", EXIT_FAILURE;
    std::cout << "nats://127.0.0.1:" << broker.port() << std::endl;
    std::cin.get();
}
