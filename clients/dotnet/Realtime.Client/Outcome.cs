namespace Realtime.Client;

/// <summary>What is known about the effect of a request that failed.</summary>
public enum Outcome
{
    /// <summary>The request had no effect.</summary>
    None,

    /// <summary>The request may or may not have taken effect, and nobody will find out: the answer was lost.</summary>
    Unknown,
}
