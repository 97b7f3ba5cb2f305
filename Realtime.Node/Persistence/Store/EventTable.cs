namespace Realtime.Node.Persistence.Store;

/// <summary>A table of events; one for each journal plugin.</summary>
public sealed record EventTable
{
    private EventTable(string name) => Name = name;

    public static EventTable Channels { get; } = new("channel_event");

    public static EventTable Sessions { get; } = new("session_event");

    public string Name { get; }

    /// <summary>As statements name it.</summary>
    public string In(string? schema) => schema is null ? Name : $"{schema}.{Name}";
}
