# One entry for people who think in scripts. Each word is one or two plain commands; the README shows the same ones.
param([Parameter(Mandatory)][ValidateSet('restore', 'build', 'test', 'bench', 'run', 'publish', 'images')][string] $Command)

Set-Location $PSScriptRoot
switch ($Command) {
  'restore' { dotnet restore }
  'build' { dotnet build }
  'test' { dotnet test }
  'bench' { dotnet run -c Release --project bench/Realtime.Bench -- all }
  'run' { dotnet run --project Realtime.Node }
  'publish' {
    dotnet publish Realtime.Node -c Release --use-current-runtime -o artifacts/node
    if ($?) { dotnet publish lighthouse -c Release -o artifacts/lighthouse }
    if ($?) { dotnet publish pbm -c Release -o artifacts/pbm }
  }
  'images' {
    dotnet publish Realtime.Node -c Release --os linux -t:PublishContainer
    if ($?) { dotnet publish lighthouse -c Release -t:PublishContainer }
    if ($?) { dotnet publish pbm -c Release -t:PublishContainer }
  }
}
exit $LASTEXITCODE
