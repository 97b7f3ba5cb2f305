using Realtime.Bench.Report;

namespace Realtime.Bench.Scenarios;

/// <summary>One question to the server. Called once per run; adds its figures, or throws when a run's figures would be worth nothing.</summary>
internal interface IScenario
{
    string Name { get; }

    string Question { get; }

    Task RunAsync(BenchOptions options, Figures figures);
}
