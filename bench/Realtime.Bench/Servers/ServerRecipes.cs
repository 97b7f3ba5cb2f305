using System.Globalization;

namespace Realtime.Bench.Servers;

/// <summary>The servers that can be measured.</summary>
internal static class ServerRecipes
{
    public static readonly string[] Durabilities = ["none", "memory", "journal"];

    /// <summary>In place of a durability: <c>Memory</c> with a log that is full after some seconds, so that it does not grow meanwhile.</summary>
    public const string Short = "short";

    private const string ShortCount = "100";

    private static int _logs;

    public static ServerRecipe Kestrel { get; } = new(
        "bare Kestrel loop",
        Path.Combine(PublishedProgram.Kestrel.Folder, "Kestrel.Reference.dll"),
        (port, _) => ["--port", port.ToString(CultureInfo.InvariantCulture)],
        new Dictionary<string, string>());

    public static ServerRecipe For(BenchOptions options) => options.AgainstKestrel ? Kestrel : Realtime(options);

    /// <summary>The node that the options name, or this checkout's.</summary>
    public static string NodeAssembly(BenchOptions options) =>
        Path.Combine(Path.GetFullPath(options.Node ?? PublishedProgram.Node.Folder), "Realtime.Node.dll");

    /// <param name="store">As the node takes it; null: a SQLite file in the server's own folder.</param>
    public static ServerRecipe Realtime(BenchOptions options, string? store = null) => new(
        "Realtime.Node",
        NodeAssembly(options),
        (port, folder) =>
        [
            "--node", "bench", "--port", port.ToString(CultureInfo.InvariantCulture),
            "--store", store ?? "sqlite:" + Path.Combine(folder, "bench.db"),
            .. options.NodeArguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ],
        NodeConfiguration())
    {
        Log = LogOf(options, "node"),
    };

    /// <summary>A node in an application that decides about the publishes of the namespace <c>benchhandled</c>.</summary>
    public static ServerRecipe Handled(string store) => new(
        "a node with handlers",
        Path.Combine(PublishedProgram.Handled.Folder, "Handled.Reference.dll"),
        (_, _) => [],
        NodeConfiguration())
    {
        EnvironmentOf = port => new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
            ["LOGGING__LOGLEVEL__DEFAULT"] = "Warning",
            ["REALTIME__NODE"] = "bench",
            ["REALTIME__STORE"] = store,
            ["REALTIME__NAMESPACES__benchhandled__DURABILITY"] = "memory",
            ["REALTIME__NAMESPACES__benchhandled__SUBSCRIBE"] = "Anyone",
            ["REALTIME__NAMESPACES__benchhandled__PUBLISH"] = "Anyone",
        },
    };

    /// <summary>A node of a cluster.</summary>
    public static ServerRecipe Member(BenchOptions options, string name, string store) =>
        Clustered(options, "node " + name, NodeAssembly(options), name, store);

    public static ServerRecipe Lighthouse(BenchOptions options, string store) => Clustered(
        options, "the lighthouse", Path.Combine(PublishedProgram.Lighthouse.Folder, "Realtime.Lighthouse.dll"), "lighthouse-0", store);

    /// <summary>A channel of the namespace that the benchmark configures for this durability.</summary>
    public static string Channel(string durability, int number = 0) =>
        string.Create(CultureInfo.InvariantCulture, $"bench{durability}:{number}");

    private static ServerRecipe Clustered(BenchOptions options, string title, string assembly, string name, string store) => new(
        title,
        assembly,
        (port, _) =>
        [
            "--node", name, "--port", port.ToString(CultureInfo.InvariantCulture), "--store", store,
            .. options.NodeArguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ],
        NodeConfiguration())
    {
        Log = LogOf(options, name),
    };

    private static string? LogOf(BenchOptions options, string name) => options.Logs is { } logs
        ? Path.Combine(Directory.CreateDirectory(logs).FullName, string.Create(CultureInfo.InvariantCulture, $"{++_logs:00}-{name}.log"))
        : null;

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
            ["REALTIME__AUTH__ANONYMOUS"] = "true",
            ["REALTIME__CONNECTIONS__REQUESTRATE"] = "1000000",
            ["REALTIME__CONNECTIONS__REQUESTBURST"] = "1000000",
        };
        foreach (var durability in Durabilities)
            configuration[$"REALTIME__NAMESPACES__bench{durability}__DURABILITY"] = durability;
        configuration[$"REALTIME__NAMESPACES__bench{Short}__DURABILITY"] = "memory";

        // Its clients come without a token.
        foreach (var name in Durabilities.Append(Short))
        {
            configuration[$"REALTIME__NAMESPACES__bench{name}__SUBSCRIBE"] = "Anyone";
            configuration[$"REALTIME__NAMESPACES__bench{name}__PUBLISH"] = "Anyone";
        }

        configuration[$"REALTIME__NAMESPACES__bench{Short}__HISTORY__COUNT"] = ShortCount;
        return configuration;
    }
}
