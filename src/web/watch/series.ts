const SVG = 'http://www.w3.org/2000/svg'
const [WIDTH, HEIGHT] = [160, 32]
/** Seconds that are drawn. */
const SPAN = 600

/** One series: its row, and what it was in the last ten minutes. */
export class Series {
  readonly row = document.createElement('tr')
  private readonly value = document.createElement('td')
  private readonly line = document.createElementNS(SVG, 'polyline')
  private readonly plot = document.createElementNS(SVG, 'svg')
  private points: { at: number; value: number }[] = []

  constructor(labels: readonly string[]) {
    for (const label of labels) this.row.insertCell().textContent = label
    this.plot.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
    this.plot.setAttribute('role', 'img')
    this.plot.classList.add('spark')
    this.plot.append(this.line)
    this.row.append(this.value)
    this.row.insertCell().append(this.plot)
  }

  add(at: number, value: number): void {
    this.points = this.points.filter((point) => point.at > at - SPAN && point.at < at)
    this.points.push({ at, value })
    this.value.textContent = shown(value)
    this.draw(at)
  }

  private draw(now: number): void {
    const values = this.points.map(({ value }) => value)
    const [low, high] = [Math.min(...values), Math.max(...values)]
    const place = ({ at, value }: { at: number; value: number }) => {
      const x = WIDTH * (1 - (now - at) / SPAN)
      const y = high === low ? HEIGHT / 2 : HEIGHT - 2 - ((HEIGHT - 4) * (value - low)) / (high - low)
      return `${x.toFixed(1)},${y.toFixed(1)}`
    }
    this.line.setAttribute('points', this.points.map(place).join(' '))
    this.plot.setAttribute('aria-label', `from ${shown(low)} to ${shown(high)}`)
  }
}

function shown(value: number): string {
  return Number.isInteger(value) ? `${value}` : `${Number(value.toPrecision(6))}`
}
