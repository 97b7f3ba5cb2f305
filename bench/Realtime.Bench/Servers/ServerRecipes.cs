using System.Globalization;

namespace Realtime.Bench.Servers;

/// <summary>The servers that can be measured.</summary>
internal static class ServerRecipes
{
    public static readonly string[] Durabilities = ["none", "memory", "journal"];

    public static ServerRecipe For(BenchOptions options) => options.AgainstKestrel ? Kestrel : Realtime(options);

    public static ServerRecipe Kestrel { get; } = new("bare Kestrel loop", Path.Combine("bench", "Kestrel.Reference"), KestrelArguments, new Dictionary<string, string>());

    public static ServerRecipe Realtime(BenchOptions options) => new(
        "Realtime.Node",
        "Realtime.Node",
        (port, folder) =>
        [
            "--node", "bench", "--port", port.ToString(CultureInfo.InvariantCulture), "--store", "sqlite:" + Path.Combine(folder, "bench.db"),
            .. options.NodeArguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ],
        NodeConfiguration());

    /// <summary>A node of a cluster, with an address of its own for clients.</summary>
    public static ServerRecipe Member(BenchOptions options, string name, string store)
    {
        var configuration = NodeConfiguration();
        configuration["REALTIME__STORE"] = store;
        configuration["REALTIME__CLUSTER__HEARTBEAT"] = string.Create(CultureInfo.InvariantCulture, $"{options.Heartbeat * 1000:0}ms");
        configuration["REALTIME__CLUSTER__DRAINWINDOW"] = string.Create(CultureInfo.InvariantCulture, $"{options.DrainWindow}s");
        configuration["REALTIME__CLUSTER__SHARDS"] = options.Shards.ToString(CultureInfo.InvariantCulture);
        return new ServerRecipe(
            "node " + name,
            "Realtime.Node",
            (port, folder) =>
            [
                "--node", name, "--port", port.ToString(CultureInfo.InvariantCulture), "--cluster",
                "--client-url", string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{port}"),
                .. options.NodeArguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            ],
            configuration)
        {
            Log = options.Logs is { } folder ? Path.Combine(Directory.CreateDirectory(folder).FullName, name + ".log") : null,
        };
    }

    /// <summary>A channel of the namespace that the benchmark configures for this durability.</summary>
    public static string Channel(string durability, int number = 0) => string.Create(CultureInfo.InvariantCulture, $"bench{durability}:{number}");

    private static IEnumerable<string> KestrelArguments(int port, string folder) => ["--port", port.ToString(CultureInfo.InvariantCulture)];

    /// <summary>
    /// One namespace per durability, and no limit to how fast one connection may publish: a few publishers stand for many. Everything else as the
    /// node has it by default.
    /// </summary>
    private static Dictionary<string, string> NodeConfiguration()
    {
        var configuration = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["REALTIME__CONNECTIONS__REQUESTRATE"] = "1000000",
            ["REALTIME__CONNECTIONS__REQUESTBURST"] = "1000000",
        };
        foreach (var durability in Durabilities)
            configuration[$"REALTIME__NAMESPACES__bench{durability}__DURABILITY"] = durability;
        return configuration;
    }
}
