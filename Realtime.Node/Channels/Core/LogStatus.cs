namespace Realtime.Node.Channels.Core;

/// <summary>Whether a channel can write its log.</summary>
public enum LogStatus
{
    /// <summary>The log is recovered for the first time; requests wait.</summary>
    Starting = 1,

    Usable = 2,

    /// <summary>The log's actor has stopped and will be started again; what was recovered before can still be read from memory.</summary>
    Unavailable = 3,
}
