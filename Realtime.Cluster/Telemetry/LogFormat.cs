namespace Realtime.Node.Hosting.Configuration;

/// <summary>How log lines look.</summary>
public enum LogFormat
{
    Text = 1,
    Json = 2,
}
