namespace Realtime.Tests.Membership;

/// <summary>What becomes of one call to the model store.</summary>
internal enum Trouble
{
    None,
    NotExecuted,
    ReplyLost,

    /// <summary>Heartbeats only: waits until the store is told to go on, and then fails.</summary>
    Hangs,
}
