using Spectre.Console;

namespace Realtime.Pbm.Output;

/// <summary>Which words of the API are which tone.</summary>
internal static class Tones
{
    /// <summary>The sixteen colours only: those are the reader's own, readable on light and dark.</summary>
    public static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Plain => Style.Plain,
        Tone.Good => new Style(Color.Green),
        Tone.Busy => new Style(Color.Olive),
        Tone.Bad => new Style(Color.Red),
        Tone.Quiet => new Style(decoration: Decoration.Dim),
        Tone.Strong => new Style(decoration: Decoration.Bold),
        _ => throw new InvalidOperationException($"tone {tone} has no style"),
    };

    /// <summary>Of states of nodes, standings, phases, journals, shards, sessions and subscriptions.</summary>
    public static Tone OfState(string state) => state switch
    {
        "active" or "sure" or "serving" or "attached" or "live" or "here" or "ok" or "closed" or "up" => Tone.Good,
        "draining" or "drained" or "frozen" or "starting" or "moving" or "joining" or "leaving" or "detached" or "catching-up" or "half-open" => Tone.Busy,
        "dead" or "out" or "stopped" or "down" or "fault" or "open" => Tone.Bad,
        "parked" or "stored" or "note" or "free" => Tone.Quiet,
        "warning" => Tone.Busy,
        _ => Tone.Plain,
    };

    public static Tone OfLevel(string level) => level switch
    {
        "critical" or "error" => Tone.Bad,
        "warning" => Tone.Busy,
        "debug" or "trace" => Tone.Quiet,
        _ => Tone.Plain,
    };

    public static Tone OfEvent(string what) => what switch
    {
        "started" or "store-well" => Tone.Good,
        "stopping" => Tone.Busy,
        "store-trouble" => Tone.Bad,
        "action" => Tone.Strong,
        _ => Tone.Plain,
    };
}
