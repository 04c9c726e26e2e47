// LEMON's network simplex on ticks of one network. It has no warm start: every tick is solved from nothing.
//
// usage: lemon_simplex FILE
//
// FILE, little-endian: int64 nodes, arcs, ticks; int32 tail[arcs] (sorted), head[arcs]; then for each tick int64
// supply[nodes], capacity[arcs], cost[arcs]. One line per tick on stdout: build, wall and processor seconds, peak MB,
// objective.

#include <lemon/network_simplex.h>
#include <lemon/static_graph.h>

#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <utility>
#include <vector>

using Graph = lemon::StaticDigraph;
using Simplex = lemon::NetworkSimplex<Graph, long long, long long>;

static double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static double cpu_seconds() {
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec + 1e-9 * now.tv_nsec;
}

static double peak_mb() {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024.0;
}

template <typename T>
static std::vector<T> read(std::ifstream& file, std::size_t count) {
    std::vector<T> column(count);
    file.read(reinterpret_cast<char*>(column.data()), sizeof(T) * count);
    return column;
}

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    std::ifstream file(argv[1], std::ios::binary);
    const auto header = read<std::int64_t>(file, 3);
    const std::size_t nodes = header[0], arcs = header[1], ticks = header[2];
    const auto tail = read<std::int32_t>(file, arcs), head = read<std::int32_t>(file, arcs);

    double begin = wall_seconds();
    Graph graph;
    {
        std::vector<std::pair<int, int>> ends(arcs);
        for (std::size_t a = 0; a < arcs; a++) ends[a] = {tail[a], head[a]};
        graph.build(static_cast<int>(nodes), ends.begin(), ends.end());
    }
    const double graph_s = wall_seconds() - begin;

    for (std::size_t tick = 0; tick < ticks; tick++) {
        const auto supply = read<std::int64_t>(file, nodes), capacity = read<std::int64_t>(file, arcs),
                   cost = read<std::int64_t>(file, arcs);
        if (!file) return 3;
        begin = wall_seconds();
        Graph::NodeMap<long long> supplies(graph);
        Graph::ArcMap<long long> capacities(graph), costs(graph);
        for (std::size_t n = 0; n < nodes; n++) supplies[graph.node(n)] = supply[n];
        for (std::size_t a = 0; a < arcs; a++) {
            capacities[graph.arc(a)] = capacity[a];
            costs[graph.arc(a)] = cost[a];
        }
        Simplex simplex(graph, ARC_MIXING);
        simplex.upperMap(capacities).costMap(costs).supplyMap(supplies);
        const double build_s = graph_s + wall_seconds() - begin;

        begin = wall_seconds();
        const double cpu_begin = cpu_seconds();
        const auto status = simplex.run();
        const double cpu_s = cpu_seconds() - cpu_begin, wall_s = wall_seconds() - begin;
        if (status != Simplex::OPTIMAL) return 4;
        std::printf("%.9f %.9f %.9f %.1f %lld\n", build_s, wall_s, cpu_s, peak_mb(), simplex.totalCost<long long>());
        std::fflush(stdout);
    }
}
