using Realtime.Bench.Scenarios;

namespace Realtime.Bench;

/// <summary>Which scenarios there are, alone and in sets.</summary>
internal static class ScenarioCatalog
{
    /// <summary>Every scenario of one node.</summary>
    public const string All = "all";

    /// <summary>Every scenario of several nodes.</summary>
    public const string Cluster = "cluster";

    /// <summary>What one version of the node is held against another by; needs <c>--against</c>.</summary>
    public const string Compare = "compare";

    private static readonly IScenario[] Compared =
    [
        new RampScenario(), new FanoutScenario(), new LatencyScenario(), new DurableScenario(), new PostgresScenario(), new StormScenario(),
        new StoppedScenario(), new StartScenario(),
    ];

    private static readonly IScenario[] Others =
    [
        new MeteredScenario(), new InstrumentsScenario(), new OperatorsScenario(), new ApiScenario(), new TokensScenario(), new HandledScenario(), new WebhooksScenario(), new QuotasScenario(),
    ];

    private static readonly IScenario[] OfSeveralNodes =
    [
        new CrossNodeScenario(), new SpreadScenario(), new AddedScenario(), new DrainedScenario(), new KilledScenario(), new FeedsScenario(),
        new PausedScenario(), new BusyScenario(), new ClusterOperatorsScenario(),
    ];

    /// <summary>The bare loop keeps neither sessions nor logs.</summary>
    private static readonly string[] OfBareLoop = ["ramp", "fanout", "latency"];

    public static string[] Names => [All, Compare, Cluster, .. Everything.Select(scenario => scenario.Name)];

    public static string Description =>
        $"{All} (of one node), {Cluster} (of several), {Compare} (this node against another build's, see --against), or: " +
        string.Join("; ", Everything.Select(scenario => $"{scenario.Name} ({scenario.Question})"));

    private static IEnumerable<IScenario> Everything => [.. Compared, .. Others, .. OfSeveralNodes];

    /// <exception cref="BenchFailedException">They cannot be run, or not with these options.</exception>
    public static IReadOnlyList<IScenario> Choose(string name, BenchOptions options)
    {
        if (name == Compare && options.Against is null)
            throw new BenchFailedException($"{name} needs --against: the folder of another build's published node.");
        if (options is { Against: not null, AgainstKestrel: true })
            throw new BenchFailedException("--against compares two nodes, --target kestrel measures none.");
        IScenario[] chosen = name switch
        {
            All => [.. Compared, .. Others],
            Cluster => OfSeveralNodes,
            Compare => Compared,
            _ => [.. Everything.Where(scenario => scenario.Name == name)],
        };
        if (options.AgainstKestrel)
        {
            return Only(
                chosen,
                scenario => OfBareLoop.Contains(scenario.Name),
                $"{name} needs the node: the bare loop keeps neither sessions nor logs.");
        }

        return options.Against is null
            ? chosen
            : Only(chosen, Compared.Contains, $"{name} is about this checkout alone: there is nothing to compare it with.");
    }

    private static IScenario[] Only(IScenario[] chosen, Func<IScenario, bool> fits, string otherwise) =>
        chosen.Where(fits).ToArray() is { Length: > 0 } left ? left : throw new BenchFailedException(otherwise);
}
