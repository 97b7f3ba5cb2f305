namespace Realtime.Messages.Errors;

/// <summary>Whether a request that was answered with an error may have taken effect.</summary>
public enum Outcome
{
    /// <summary>It certainly did not.</summary>
    None = 1,

    /// <summary>It may have; with a sequence number it is safe to repeat.</summary>
    Unknown = 2,
}
