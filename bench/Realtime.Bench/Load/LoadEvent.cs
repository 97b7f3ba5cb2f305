using System.Text.Json.Serialization;

namespace Realtime.Bench.Load;

/// <summary>What a load process answers, one JSON line each.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(Ready), "ready")]
[JsonDerivedType(typeof(Connected), "connected")]
[JsonDerivedType(typeof(Obeyed), "obeyed")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Published), "published")]
[JsonDerivedType(typeof(Measured), "measured")]
internal abstract record LoadEvent
{
    private LoadEvent()
    {
    }

    internal sealed record Ready : LoadEvent;

    internal sealed record Connected(int Open, int Missing, int Retries, int Resumed, int Recovered, long First, long Last, string? Fault) : LoadEvent;

    internal sealed record Obeyed : LoadEvent;

    /// <summary>All subscribers of this process have received everything up to <paramref name="Message"/>.</summary>
    internal sealed record Done(long Message) : LoadEvent;

    /// <summary>
    /// The publisher is through. <paramref name="Finished"/> is false when deliveries or answers did not come in: then no figure of the run is worth anything.
    /// </summary>
    internal sealed record Published(long Messages, bool Finished, long Acknowledged, Dictionary<int, long> AckTimes, string? Fault) : LoadEvent;

    internal sealed record Measured(long Deliveries, Dictionary<int, long> Latencies, int Lost, int Gaps, int Violations, string? Fault) : LoadEvent;
}
