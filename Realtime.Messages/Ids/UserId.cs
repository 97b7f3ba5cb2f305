namespace Realtime.Messages.Ids;

/// <summary>A user as the application names them (the <c>sub</c> of its token). Absent on anonymous sessions.</summary>
public readonly record struct UserId(string Value)
{
    public override string ToString() => Value;
}
