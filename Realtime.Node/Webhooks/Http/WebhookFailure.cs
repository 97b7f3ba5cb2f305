namespace Realtime.Node.Webhooks.Http;

/// <summary>Why an endpoint has not answered as it should.</summary>
internal enum WebhookFailure
{
    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>No connection, or one that broke.</summary>
    Connection,

    /// <summary>The host has no address that may be connected to.</summary>
    Address,

    Redirect,

    /// <summary>A status that is no success.</summary>
    Status,

    /// <summary>The answer has more bytes than allowed.</summary>
    Size,

    /// <summary>The answer is not what was asked for.</summary>
    Answer,

    /// <summary>It was not asked: it has failed too often lately.</summary>
    Breaker,

    /// <summary>It was not asked: too many requests are under way.</summary>
    Busy,
}
