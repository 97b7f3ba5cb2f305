namespace Realtime.Messages.Entities;

/// <summary>The kinds of entities. The numbers reach peers and are frozen by a test.</summary>
public enum EntityKind
{
    Session = 1,
    Channel = 2,
}
